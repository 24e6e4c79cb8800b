-- `interrupt(false)` before the start takes back what is pending.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local function see(label, ...)
  local thread = case.llthreads.new("return 'reached'")
  for i = 1, select("#", ...) do thread:interrupt((select(i, ...))) end
  case.see(label, function() return case.start(thread):join() end)
end

see("a single one", nil, false)
see("one that stays", true, false)
see("two", nil, true, false)
see("nothing", false)
