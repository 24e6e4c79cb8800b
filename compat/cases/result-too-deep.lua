-- A result nested deeper than 30.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local nested = "local t = {} for _ = 2, ... do t = { t } end return t"
case.see("30 deep", case.run, nested, 29)
case.see("31 deep", case.run, nested, 31)
