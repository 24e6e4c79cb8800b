-- An argument of `ex.new` that can't be copied raises.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local function nested(depth)
  local t
  for _ = 1, depth do t = { t } end
  return t
end

case.see("first", ex.new, "return 1", io.stdout)
case.see("third", ex.new, function() end, 1, 2, function() end)
case.see("too deep", ex.new, "return 1", nested(31))
