-- The text of an interrupt names the module, and matches itself as a pattern.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupted_error")

local text = case.llthreads.interrupted_error
case.see("text", tostring, text)
case.see("matches itself", text.match, text, "^" .. text .. "$")
