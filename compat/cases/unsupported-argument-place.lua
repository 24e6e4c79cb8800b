-- `new` names the place, in its call, of the argument that can't be copied, also for a value inside of it.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local new = case.llthreads.new
local f = function() end

case.see("first", new, "", f)
case.see("second", new, "", 1, f, 3)
case.see("last of five", new, "", 1, nil, "3", {}, f)
case.see("in a table", new, "", { f })
case.see("as a key", new, "", { [f] = 1 })
case.see("deep in the third", new, "", 1, { 2 }, { x = { { f } } })
case.see("called by name", function() return new("", f) end)
