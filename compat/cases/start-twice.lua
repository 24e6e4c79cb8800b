-- `start` is refused for a thread that was started before.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

for _, mode in ipairs { { false, true }, { false, false }, { true, false }, { true, true } } do
  local given = ("%s, %s"):format(tostring(mode[1]), tostring(mode[2]))
  local thread = case.start(case.llthreads.new(""), mode[1], mode[2])
  case.see(given .. ", again", thread.start, thread)
  case.see(given .. ", again, otherwise", thread.start, thread, not mode[1], mode[2])
  thread:join()
  case.see(given .. ", after join", thread.start, thread, mode[1], mode[2])
end
