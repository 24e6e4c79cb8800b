-- A thread is of no use once it is finalized.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("version")

local thread = case.llthreads.new("return 1")
local finalize = debug.getmetatable(thread).__gc
case.see("finalize", finalize, thread)
for _, name in ipairs { "start", "join", "alive", "started", "detached", "joinable", "interrupt" } do
  case.see(name, thread[name], thread)
end
case.see("finalize again", finalize, thread)
case.see("finalize a table", finalize, {})
