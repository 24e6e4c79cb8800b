-- An interrupt of a child that is joined, and has closed its own state, does nothing.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

-- Many: where it is a crash it may not be one at once.
case.see("interrupts", function()
  for _ = 1, 100 do
    local thread = case.start(case.llthreads.new(""), false, false)
    thread:join()
    thread:interrupt(true)
  end
  return case.run("return 'all is well'")
end)
