-- Tables are copied with all their keys and values, whatever these are.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function echo(...) return select(2, assert(case.run("return ...", ...))) end

local function count(t)
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  return n
end

case.see("empty", function() return type(echo {}), next(echo {}) end)
case.see("a sequence", function() local t = echo { 1, "two", false, { 4 } } return #t, t[1], t[2], t[3], t[4][1] end)
case.see("holes", function()
  local t = echo { nil, 2, nil, 4, [1000000] = 5 }
  return count(t), t[2], t[4], t[1000000]
end)
case.see("keys", function()
  local t = echo { [0] = "zero", [-1] = "minus one", [0.5] = "half", [2 ^ 60] = "big", [true] = "yes", [""] = "empty" }
  return count(t), t[0], t[-1], t[0.5], t[2 ^ 60], t[true], t[""]
end)
case.see("a table as key", function() return next((next(echo { [{ a = "b" }] = 1 }))) end)
case.see("a thousand", function()
  local t = {}
  for i = 1, 1000 do t[i], t["key" .. i] = i, i end
  t = echo(t)
  return count(t), #t, t[1000], t.key1000
end)
case.see("is another one", function() local t = {} return echo(t) == t end)
