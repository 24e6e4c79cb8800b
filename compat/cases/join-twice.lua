-- `join` after a join that ended is refused, also after a child that failed.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

for _, code in ipairs { "return 1", "error('x', 0)" } do
  local thread = case.start(case.llthreads.new(code))
  case.see(code .. ", join", thread.join, thread)
  case.see(code .. ", join again", thread.join, thread)
  case.see(code .. ", join(0)", thread.join, thread, 0)
end
local thread = case.start(case.llthreads.new("return 1"), false, false)
case.see("not joinable, join", thread.join, thread)
case.see("not joinable, join again", thread.join, thread)
