-- A child that is detached or not joinable closes its own state, while nobody waits for it.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

for _, mode in ipairs { { false, false }, { true, false }, { true, true } } do
  local given = ("%s, %s"):format(tostring(mode[1]), tostring(mode[2]))
  local closing, go, closed = case.path(), case.path(), case.path()
  local code = "local closing, go, closed = ... on_close(function() set(closing) wait(go) set(closed) end)"
  local thread = case.start(case.llthreads.new(case.flags .. code, closing, go, closed), mode[1], mode[2])
  case.see(given .. ", closing", case.wait, closing, 2)
  case.set(go)
  case.see(given .. ", closed", case.wait, closed, case.is_set(closing) and 4 or 0)
  case.see(given .. ", thread", type, thread) -- so it was not collected
end
