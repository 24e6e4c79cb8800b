-- Code is source, a binary chunk, or a number, which is taken as its string.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("source", case.run, "return ...", 1, 2)
case.see("no source at all", case.run, "")
case.see("source with zero bytes", case.run, "return #'\0\0'")
case.see("binary chunk", case.run, string.dump(function(a, b) return a + b end), 1, 2)
case.see("number", case.llthreads.new, 12)
case.see("number with a fraction", case.llthreads.new, 1.5)
