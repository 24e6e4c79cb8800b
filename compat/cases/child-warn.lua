-- In 5.4 and newer a child has `warn`, which can be turned on; at first it is as in any new state.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("warn", case.run, "return type(warn)")
case.see("at first", case.run, "if warn then warn('at first') end")
case.see("on", case.run, "if warn then warn('@on') warn('to be ', 'seen') warn('@off') warn('not to be seen') end")
