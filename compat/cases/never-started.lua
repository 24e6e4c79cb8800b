-- An object that was never started closes its state when it is collected.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local calls = 0
case.see("grows", case.grows, function()
  case.llthreads.new("")
  calls = calls + 1
  if calls % 100 == 0 then case.collect() end
end)
