-- A child has all standard libraries.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local names = [[
  local list = {}
  for name, value in pairs(%s) do if type(value) == "table" then list[#list + 1] = name end end
  table.sort(list)
  return table.concat(list, " ")
]]
case.see("globals", case.run, names:format("_G"))
case.see("package.loaded", case.run, names:format("package.loaded"))
