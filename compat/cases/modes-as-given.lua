-- `started`, `detached` and `joinable` say how the thread was started; before that all are false.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("started")

for _, mode in ipairs { { false, true }, { false, false }, { true, false }, { true, true } } do
  local given = ("%s, %s"):format(tostring(mode[1]), tostring(mode[2]))
  local thread = case.llthreads.new("")
  local function asked() return thread:started(), thread:detached(), thread:joinable() end
  case.see(given .. ", before", asked)
  case.start(thread, mode[1], mode[2])
  case.see(given .. ", started", asked)
  thread:join()
  case.see(given .. ", joined", asked)
end
