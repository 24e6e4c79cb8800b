-- Closing the parent state does not wait for detached children.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local code = case.flags .. [[
  local running, never = ...
  set(running)
  wait(never)
  io.write("child: waited for\n")
]]
for _, joinable in ipairs { false, true } do
  local running = case.path()
  case.start(case.llthreads.new(code, running, case.path()), true, joinable)
  case.see(tostring(joinable) .. ", running", case.wait, running)
end
io.write("script: ended\n")
