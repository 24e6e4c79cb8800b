-- A thread's metatable is visible and holds the methods.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local thread = case.llthreads.new("")
local mt = getmetatable(thread)
case.see("visible", type, mt)
if not mt then os.exit(0) end
local keys = {}
for key in pairs(mt) do keys[#keys + 1] = key end
table.sort(keys)
for _, key in ipairs(keys) do case.see(key, function() return type(mt[key]), thread[key] == mt[key] end) end
case.see("__index is the metatable", rawequal, mt.__index, mt)
case.see("no such method", function() return thread.nothing end)
case.see("that of another", function() return getmetatable(case.llthreads.new("")) == mt end)
