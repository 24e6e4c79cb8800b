-- The chunk's name is the code itself.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("one line", case.run, "error('x')")
case.see("two lines", case.run, "\nerror('x')")
case.see("a long line", case.run, "error('x') --" .. ("x"):rep(100))
case.see("source", case.run, "return debug.getinfo(1, 'S').source")
case.see("short source", case.run, "return debug.getinfo(1, 'S').short_src")
