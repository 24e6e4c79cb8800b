-- An attached joinable child that nobody joined is closed with its object.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local ended, closed = case.path(), case.path()
local function start()
  local code = case.flags .. "local ended, closed = ... on_close(function() set(closed) end) set(ended)"
  case.start(case.llthreads.new(code, ended, closed))
end
start()
case.see("ended", case.wait, ended)
case.collect()
case.see("closed", case.is_set, closed)
