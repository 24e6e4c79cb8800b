-- Collecting the object of a detached child lets the child go on alone.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function start(mode, go, ended)
  case.start(case.llthreads.new(case.flags .. "local go, ended = ... wait(go) set(ended)", go, ended), mode[1], mode[2])
end
for _, mode in ipairs { { true, false }, { true, true } } do
  local given = ("%s, %s"):format(tostring(mode[1]), tostring(mode[2]))
  local go, ended = case.path(), case.path()
  start(mode, go, ended)
  case.collect()
  case.see(given .. ", ended when collected", case.is_set, ended)
  case.set(go)
  case.see(given .. ", ended when told to", case.wait, ended)
end
