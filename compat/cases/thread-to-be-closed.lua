-- A thread can be a to-be-closed variable: it is joined.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function in_scope(rest, ...)
  local scope = (loadstring or load)("local new, path, mode = ... local thread <close> = new" .. rest)
  if not scope then return "no such variables" end
  return scope(case.llthreads.new, ...)
end
local ended = case.path()
local code = "local t = os.clock() while os.clock() - t < 0.05 do end set((...))"
case.see("started", in_scope, ("(%q, path) thread:start()"):format(case.flags .. code), ended)
case.see("ended", case.is_set, ended)
case.see("not started", in_scope, "('')")
case.see("joined", in_scope, "('') thread:start():join()")
case.see("detached", in_scope, "('') thread:start(true)")
case.see("failed", in_scope, "('error(1)') thread:start()")
case.see("results", in_scope, "('') thread:start() return 1, 2")
