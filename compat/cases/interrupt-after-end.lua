-- An interrupt after the end of the child does nothing.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local function see(label, ...)
  local ended = case.path()
  local thread = case.start(case.llthreads.new("io.open(..., 'w'):close() return 1, { 2 }", ended))
  case.wait(ended)
  case.see("join" .. label, thread.join, thread)
  case.see("interrupt" .. label, thread.interrupt, thread, ...)
  case.see("join again" .. label, thread.join, thread)
end

see("()")
see("(true)", true)
see("(false)", false)
case.see("the next child", case.run, "return 'all is well'")
