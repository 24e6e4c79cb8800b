-- The state of a child is as new: the collector, no hook, the main coroutine, nothing below the chunk.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function asked(code) return case.run("return pcall(function() return " .. code .. " end)") end
case.see("collector runs", asked, "collectgarbage('isrunning')")
case.see("pause", asked, "collectgarbage('setpause', 100)")
case.see("multiplier", asked, "collectgarbage('setstepmul', 100)")
case.see("mode", asked, "collectgarbage('incremental')")
case.see("hook", asked, "debug.gethook()")
case.see("coroutine", asked, "select('#', coroutine.running()), select(2, coroutine.running())")
case.see("yieldable", asked, "coroutine.isyieldable()")
case.see("yield", case.run, "return pcall(coroutine.yield)")
case.see("traceback", case.run, "return debug.traceback('x')")
case.see("environment", case.run, "return (getfenv and getfenv(0) or _ENV or _G) == _G")
