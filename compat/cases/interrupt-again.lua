-- An interrupt that was caught can be followed by another.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local child = case.flags .. case.steady .. [[
  local paths, never = ...
  local count = 0
  for _, path in ipairs(paths) do
    if not pcall(function() set(path) wait(never) end) then count = count + 1 end
  end
  return count
]]

local paths = { case.path(), case.path(), case.path() }
local thread = case.start(case.llthreads.new(child, paths, case.path()))
for _, path in ipairs(paths) do
  case.wait(path)
  thread:interrupt()
end
case.see("caught", thread.join, thread)
