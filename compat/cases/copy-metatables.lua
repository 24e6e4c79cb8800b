-- Metatables are neither copied nor asked.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function no() error("a metamethod is called") end
local t = setmetatable({ 1, x = { y = "z" } }, {
  __index = no, __newindex = no, __len = no, __pairs = no, __ipairs = no, __eq = no, __call = no, __tostring = no,
  __metatable = "hidden", __mode = "kv",
})
local child = "local t = ... return getmetatable(t), rawlen and rawlen(t) or #t, t[1], t[2], t.x.y"

case.see("in the child", case.run, child, t)
case.see("back", function()
  local _, copy = case.run([[
    local function no() error("a metamethod is called") end
    return setmetatable({ 1 }, { __index = no, __newindex = no, __len = no, __pairs = no })
  ]])
  return getmetatable(copy), copy[1], copy[2]
end)
case.see("of strings stay", case.run, "return (...):upper()", "x")
