-- Closing the parent state waits for attached children.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local go, next = case.path(), case.path()
local code = case.flags .. [[
  local label, go, next = ...
  wait(go)
  local t = os.clock()
  while os.clock() - t < 0.05 do end
  io.write(label, " child: ended\n")
  set(next)
]]
_G.joinable = case.start(case.llthreads.new(code, "joinable", go, next))
_G.unread = case.start(case.llthreads.new(code, "unread", next, case.path()), false, false)
io.write("script: ended\n")
case.set(go)
