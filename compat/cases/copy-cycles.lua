-- A table that contains itself does so on the other side.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function echo(...) return select(2, assert(case.run("return ...", ...))) end

local top = { name = "top" }
top.top = top
top[top] = top
top.a = { b = { c = { top } } }

case.see("in the child", case.run, "local t = ... return t.top == t, t[t] == t, t.a.b.c[1] == t, t.name", top)
case.see("back", function()
  local t = echo(top)
  return t == top, t.top == t, t[t] == t, t.a.b.c[1] == t, t.name
end)
case.see("two that hold each other", function()
  local a, b = {}, {}
  a.b, b.a = b, a
  a, b = echo(a, b)
  return a ~= b, a.b == b, b.a == a
end)
