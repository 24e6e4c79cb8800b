-- The module table: what is in it, and no global beside it.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local keys = {}
for key in pairs(case.llthreads) do keys[#keys + 1] = key end
table.sort(keys)
for _, key in ipairs(keys) do case.see(key, type, case.llthreads[key]) end
case.see("a global", rawget, _G, case.name)
