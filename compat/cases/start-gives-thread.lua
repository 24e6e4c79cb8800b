-- `start` gives the thread itself.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.hold()
local modes = { {}, { false, true }, { false, false }, { true, false }, { true, true } }
for _, mode in ipairs(modes) do
  local thread = case.llthreads.new("")
  local given = tostring(mode[1]) .. ", " .. tostring(mode[2])
  local results
  case.see(given, function()
    results = { thread:start((unpack or table.unpack)(mode)) }
    return #results, (unpack or table.unpack)(results)
  end)
  case.see(given .. " is the thread", rawequal, results[1], thread)
end
