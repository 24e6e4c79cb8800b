-- An interrupt of a detached child, while it runs and when it is gone.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local child = case.flags .. case.steady .. [[
  local name, ready, go, gone = ...
  local ok, err = pcall(function() set(ready) wait(go) end)
  print("child: " .. (ok and "goes on" or err:match(require(name).interrupted_error)))
  on_close(function() set(gone) end)
]]

local ready, go, gone = case.path(), case.path(), case.path()
local thread = case.start(case.llthreads.new(child, case.name, ready, go, gone), true)
case.wait(ready)
case.see("while it runs", thread.interrupt, thread)
case.set(go)
case.see("gone", case.wait, gone)
case.see("when it is gone", thread.interrupt, thread, true)
