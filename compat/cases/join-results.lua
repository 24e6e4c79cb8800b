-- `join` waits, and gives `true` and what the child returned.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local work = "local t = os.clock() while os.clock() - t < 0.03 do end "
for _, limit in ipairs { "none", "nil", "-1", "-1000", "60000" } do
  local ended = case.path()
  local thread = case.start(case.llthreads.new(case.flags .. work .. "set((...)) return 7, nil, nil", ended))
  if limit == "none" then
    case.see("join()", thread.join, thread)
  else
    case.see("join(" .. limit .. ")", thread.join, thread, tonumber(limit))
  end
  case.see("join(" .. limit .. "), ended", case.is_set, ended)
end
case.see("nothing returned", case.run, "return")
case.see("a failure", case.run, "error('x', 0)")
