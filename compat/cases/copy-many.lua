-- Thousands of values are copied, there and back.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local unpack = table.unpack or unpack
local values = {}
for i = 1, 5000 do values[i] = i end

case.see("in the child", case.run, "return select('#', ...), (select(5000, ...))", unpack(values))
case.see("back", function()
  local ok, a, b = case.run("return ...", unpack(values))
  return ok, a, b
end)
case.see("how many back", function() return select("#", case.run("return ...", unpack(values))) end)
case.see("without any", case.run, "return select('#', ...)")
