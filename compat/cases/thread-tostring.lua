-- A thread has a name as text.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("tostring", tostring, case.llthreads.new(""))
