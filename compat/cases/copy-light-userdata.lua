-- A light userdata is copied as the address that it is.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

-- Some module keeps something in the registry under an address.
local light
for key in pairs(debug.getregistry()) do
  if type(key) == "userdata" and not debug.getmetatable(key) then light = key end
end

local function echo(...) return select(2, assert(case.run("return ...", ...))) end

case.see("there is one", type, light)
case.see("in the child", case.run, "return type(...)", light)
case.see("back", function() return echo(light) == light end)
case.see("as a key and in a table", function()
  local copy = echo { [light] = { light } }
  return next(copy) == light, copy[light][1] == light
end)
