-- A C function that a child returns can be called when the child, which alone had its library, is gone.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

-- A library of its own: a copy of the module's file.
local function library()
  for template in package.cpath:gmatch("[^;]+") do
    local from = io.open((template:gsub("%?", case.name)), "rb")
    if from then
      local path = case.path()
      local to = assert(io.open(path, "wb"))
      to:write((from:read("*a")))
      to:close()
      return path
    end
  end
end

local path = library()
case.see("there is a file", function() return path ~= nil end)
if path then
  local child = "local path, open = ... return package.loadlib(path, open)().new"
  local _, new = case.run(child, path, "luaopen_" .. case.name)
  case.see("it is", type, new)
  case.see("called", function() return pcall(new) end)
end
