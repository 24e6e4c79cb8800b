-- Interrupts, in an interruptible child and in others, and what else has to do with hooks.
local helper = require "spec.helper"
local running, join = helper.interruptible, helper.join

describe("debug.sethook in an interruptible child", function()
  it("sets a hook that is called, in the place of the polling #D8", function()
    helper.only("5.1 5.2 5.3 5.4", pending) -- LuaJIT's hook is one for all coroutines, and a strike takes its place
    local thread, _, told = running [[
      local calls = 0
      local co = coroutine.create(function()
        debug.sethook(function() calls = calls + 1 end, "", 50)
        set(ready)
        wait(told)
        coroutine.yield(work())
      end)
      local again = is_interrupted(function()
        assert(coroutine.resume(co)) -- is not reached in here, but after it
        spin()
      end)
      return calls > 1000, again, coroutine.status(co)
    ]]
    thread:interrupt()
    told.set()
    assert.same({ n = 4, true, true, true, "suspended" }, join(thread))
  end)

  it("leaves the main coroutine interruptible, and an interrupt takes the place of its hook #D8", function()
    local thread = running [[
      debug.sethook(function() end, "", 50)
      local caught = is_interrupted(spin, ready)
      return caught, (debug.gethook())
    ]]
    thread:interrupt()
    assert.same({ n = 3, true, true, "external hook" }, join(thread))
  end)

  it("is undone by interruptible(), also for another coroutine's hook #D8", function()
    local thread, _, told = running [[
      local function body()
        llthreads.interruptible()
        local caught = is_interrupted(spin, ready)
        return caught, coroutine.wrap(function() return is_interrupted(spin, told) end)()
      end
      local co = coroutine.create(body)
      debug.sethook(co, function() end, "", 50)
      debug.sethook()
      return coroutine.resume(co)
    ]]
    thread:interrupt()
    told.wait()
    thread:interrupt()
    assert.same({ n = 4, true, true, true, true }, join(thread))
  end)

  it("that takes the hook away leaves coroutines made before as they are #D8", function()
    local thread = running [[
      local co = coroutine.wrap(function() return is_interrupted(spin, ready) end)
      debug.sethook()
      return co()
    ]]
    thread:interrupt()
    assert.same({ n = 2, true, true }, join(thread))
  end)
end)

describe("an interrupt of an interruptible child", function()
  it("waits for the end of a finalizer #D8", function()
    local thread, go, told = running [[
      on_close(function() set(ready) wait(go) work() set(told) end)
      return coroutine.wrap(function()
        return is_interrupted(function()
          for k in pairs(_G) do if type(k) == "userdata" or type(k) == "table" then _G[k] = nil end end
          repeat collectgarbage() until is_set(told)
          spin()
        end)
      end)()
    ]]
    thread:interrupt()
    go.set()
    assert.same({ n = 2, true, true }, join(thread))
    assert.is_true(told.is_set())
  end)

  it("reaches what is called when a to-be-closed variable goes out of scope, in a coroutine #D8", function()
    helper.only("5.4", pending)
    local thread = running [[
      local co = coroutine.wrap(function()
        local object <close> = setmetatable({}, { __close = function() spin(ready) end })
      end)
      return is_interrupted(co)
    ]]
    thread:interrupt()
    assert.same({ n = 2, true, true }, join(thread))
  end)

  it("reaches what coroutine.close calls #D8", function()
    helper.only("5.4", pending)
    local thread = running [[
      local co = coroutine.create(function()
        local object <close> = setmetatable({}, { __close = function() spin(ready) end })
        coroutine.yield()
      end)
      coroutine.resume(co)
      local ok, err = coroutine.close(co)
      return ok, tostring(err):find(llthreads.interrupted_error, 1, true) ~= nil, work()
    ]]
    thread:interrupt()
    assert.same({ n = 4, true, false, true, "worked" }, join(thread))
  end)

  it("lets variables of a coroutine that it ends be closed #D8", function()
    helper.only("5.4", pending)
    local thread, _, told = running [[
      local co = coroutine.wrap(function()
        local object <close> = setmetatable({}, { __close = function() work() set(told) end })
        set(ready)
        spin()
      end)
      return is_interrupted(co), work()
    ]]
    thread:interrupt()
    assert.same({ n = 3, true, true, "worked" }, join(thread))
    assert.is_true(told.is_set())
  end)
end)

describe("debug.sethook in a child that is not interruptible", function()
  it("sets a hook whose place an interrupt takes, again and again", function()
    local output, rc = helper.process([[
      local name = os.tmpname()
      local thread = llthreads.new(child .. [=[
        local file, calls = io.open((...), "w"), 0
        file:setvbuf("no")
        for _ = 1, 100 do
          local before = calls
          debug.sethook(function() calls = calls + 1 end, "crl", 1)
          local ok, err = pcall(function() file:write(".") while true do sleep(0.001) end end)
          assert(not ok and err:find(llthreads.interrupted_error, 1, true), err)
          local after = calls
          tostring(before)
          assert(after > before and calls == after)
        end
        return "end"
      ]=], name):start()
      local file = io.open(name)
      for i = 1, 100 do
        while file:seek("end") < i do sleep(0.001) end
        thread:interrupt()
      end
      print(thread:join())
      os.remove(name)
    ]], nil, 30)
    assert.same({ "true\tend\n", 0 }, { output, rc })
  end)
end)
