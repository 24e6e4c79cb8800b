-- A detached child uses the library while the parent state is closed, and with it the libraries it loaded.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("version")

local running = case.path()
local code = case.flags .. "local running, version = ... set(running) while true do version() end"
case.llthreads.new(code, running, case.llthreads.version):start(true) -- not held, as by case.start
case.see("running", case.wait, running)
_G.heap = {} -- it is freed after the libraries are unloaded, which takes a while
for i = 1, 1e6 do _G.heap[i] = {} end
io.write("script: ended\n")
