-- A child has the globals and the library functions that its parent has.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local code = [[
  local names = {}
  for name, value in pairs(_G) do
    if type(name) == "string" then names[name] = type(value) end
    if type(value) == "table" and value ~= _G then
      for field, v in pairs(value) do names[name .. "." .. tostring(field)] = type(v) end
    end
  end
  return names
]]
local ok, there = case.run(code)
local here, missing, more = (loadstring or load)(code)(), {}, {}
for name, kind in pairs(here) do
  if there[name] ~= kind and not name:find("^arg") then missing[#missing + 1] = name end
end
for name, kind in pairs(there) do if here[name] ~= kind then more[#more + 1] = name end end
case.see("asked", function() return ok, there.print, there["string.format"] end)
case.see("missing", table.concat, missing, " ")
case.see("more", table.concat, more, " ")
