-- `ex` works on top of `llthreads2`, else of `llthreads`, whichever is there.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")

local function base(...)
  package.loaded.llthreads2, package.loaded.llthreads, package.loaded[case.name .. ".ex"] = nil, nil, nil
  package.preload.llthreads2 = function() error("not there") end
  package.preload.llthreads = package.preload.llthreads2
  for _, name in ipairs { ... } do
    package.preload[name] = function()
      return { new = function() return { join = function() return name end } end }
    end
  end
  return require(case.name .. ".ex").new("return 1"):join()
end

case.see("both", base, "llthreads2", "llthreads")
case.see("llthreads2", base, "llthreads2")
case.see("llthreads", base, "llthreads")
case.see("none", function() return (pcall(base)) end)
