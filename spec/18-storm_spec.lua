local helper = require "spec.helper"

-- Half a million interrupts for a child; what is sent before it has come back to its work stays below what it needs to
-- get there, see storm.lua.
local storm = ([[
  local name, interrupts, burst = %q, 5e5, 70
  local ex = require(name .. ".ex")
  local progress, stop = os.tmpname(), os.tmpname()
  os.remove(stop)
  local source = { "@spec/storm.lua", interruptible = true }
  local thread = ex.new(source, name, progress, stop, 2 * burst + 10):start()
  local file = assert(io.open(progress))
  local function wait_beyond(size)
    while file:seek("end") <= size do
      local ok, err = thread:join(0.1)
      if ok ~= nil then error(err) end
    end
  end
  wait_beyond(0)
  for _ = 1, interrupts, burst do
    local size = file:seek("end")
    for _ = 1, burst do thread:interrupt() end
    wait_beyond(size)
  end
  set(stop)
  local ok, caught, rounds, strange = thread:join()
  os.remove(progress)
  os.remove(stop)
  return ok, caught > interrupts / burst / 10, rounds > 0, strange
]]):format(helper.name)

describe("a storm of a million interrupts", function()
  it("is survived by two children that recurse, collect garbage and make coroutines #D8", function()
    local output, rc = helper.process(([[
      local code = child .. %q
      local other = llthreads.new(code):start()
      print((loadstring or load)(code)())
      print(other:join())
    ]]):format(storm))
    assert.same({ "true\ttrue\ttrue\tnil\ntrue\ttrue\ttrue\ttrue\tnil\n", 0 }, { output, rc })
  end)
end)

describe("a storm of interrupts", function()
  it("is survived by children that call debug.sethook all the time #D7", function()
    local output, rc = helper.process([[
      local code = child .. [=[
        local done, ready = ...
        on_close(function() set(done) end)
        local function hook() end
        local function f()
          while true do
            debug.sethook(hook, "", 1)
            debug.sethook(hook, "crl", 3)
            debug.sethook()
          end
        end
        set(ready)
        for _ = 1, 1000 do pcall(f) end -- to its end, or an interrupt in between
      ]=]
      for _ = 1, 30 do
        local done, ready = os.tmpname(), os.tmpname()
        os.remove(done)
        os.remove(ready)
        local thread = llthreads.new(code, done, ready):start(false, false)
        wait(ready)
        repeat
          thread:interrupt(true)
          thread:interrupt(false)
          thread:interrupt()
        until is_set(done)
        thread:join()
        os.remove(done)
        os.remove(ready)
      end
      print("end")
    ]], "exec 2>/dev/null")
    assert.same({ "end\n", 0 }, { output, rc })
  end)
end)
