-- What a child makes of its own `debug.traceback` shows, or not, in the message.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("replaced", case.run, "debug.traceback = function(text) return 'mine: ' .. text end error('boo', 0)")
case.see("gone", case.run, "debug.traceback = nil error('boo', 0)")
case.see("no debug", case.run, "debug = nil error('boo', 0)")
