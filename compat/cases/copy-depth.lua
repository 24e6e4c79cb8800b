-- An argument may be nested 30 deep: the values of the call are at 1, what is in a table one deeper.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local new = case.llthreads.new

local function nested(depth, innermost)
  local t = innermost
  for _ = 1, depth do t = { t } end
  return t
end

local child = "local t, depth = ..., 0 while t do t, depth = type(t) == 'table' and t[1], depth + 1 end return depth"

case.see("30", case.run, child, nested(30))
case.see("29 and a value", case.run, child, nested(29, "x"))
case.see("31", new, "", nested(31))
case.see("30 and a value", new, "", nested(30, "x"))
case.see("as a key", new, "", { [nested(30)] = 1 })
case.see("as the third argument", new, "", 1, 2, nested(100))
case.see("called by name", function() return new("", nested(31)) end)
case.see("there and back", function()
  local _, t = case.run("return ...", nested(29, "x"))
  for _ = 1, 29 do t = t[1] end
  return t
end)
