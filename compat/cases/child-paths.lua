-- A child has the host's default paths, not its parent's.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local path, cpath = package.path, package.cpath
local code = "local path, cpath = ... return package.path == path, package.cpath == cpath"
case.see("the defaults", case.run, code, path, cpath)
package.path, package.cpath = "nowhere/?.lua;" .. path, "nowhere/?.so;" .. cpath
case.see("the parent's", case.run, code, package.path, package.cpath)
case.see("the defaults all the same", case.run, code, path, cpath)
