-- An error value whose `__tostring` gives no string, or fails itself, is still an error.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local function told(tostring)
  local ok, text = case.run("require((...)).set_logger(function() end) error(setmetatable({}, { __tostring = "
    .. tostring .. " }))", case.name)
  return ok, (text:gsub("\nstack traceback:.*", ""))
end

case.see("nil", told, "function() end")
case.see("a table", told, "function() return {} end")
case.see("false", told, "function() return false end")
case.see("a number", told, "function() return 12 end")
case.see("not a function", told, "'x'")
case.see("fails", told, "function() error('again', 0) end")
case.see("fails with a table", told, "function() error({}) end")
