-- The module is in the child's `package.preload`, under the name the parent used, and not loaded.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("preload", case.run, "return type(package.preload[...])", case.name)
case.see("loaded", case.run, "return package.loaded[...]", case.name)
case.see("a global", case.run, "return rawget(_G, ...)", case.name)
