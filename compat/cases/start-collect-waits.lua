-- Collecting the object of an attached child waits for the child.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function start(mode, go, ended)
  local code = "local go, ended = ... wait(go) local t = os.clock() while os.clock() - t < 0.05 do end set(ended)"
  case.start(case.llthreads.new(case.flags .. code, go, ended), mode[1], mode[2])
end
for _, mode in ipairs { { false, true }, { false, false } } do
  local given = ("%s, %s"):format(tostring(mode[1]), tostring(mode[2]))
  local go, ended = case.path(), case.path()
  start(mode, go, ended)
  case.see(given .. ", ended before", case.is_set, ended)
  case.set(go)
  case.collect()
  case.see(given .. ", ended after", case.is_set, ended)
end
