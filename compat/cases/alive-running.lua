-- `alive` is true while the child runs, and takes nothing away from `join`.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

for _, mode in ipairs { { false, true }, { false, false }, { true, true } } do
  local given = ("%s, %s"):format(tostring(mode[1]), tostring(mode[2]))
  local go = case.path()
  local thread = case.start(case.llthreads.new(case.flags .. "wait((...))", go), mode[1], mode[2])
  case.see(given .. ", alive", thread.alive, thread)
  case.see(given .. ", alive again", thread.alive, thread)
  case.set(go)
  case.see(given .. ", joined", function() return (thread:join()) end)
end
