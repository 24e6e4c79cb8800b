-- Hosts that do something with signals themselves. An interrupt is sent as SIGURG.
local helper = require "spec.helper"

-- Runs `code` in a host that has the functions of signals.c in `host`, and `interrupt`, which ends a child.
local function run(code)
  local library = os.tmpname()
  assert(os.execute("cc -shared -fPIC -o " .. library .. " spec/signals.c"))
  local output, rc = helper.process(([[
    local library, quiet = %q, child .. "llthreads.set_logger(function() end) "
    local host = setmetatable({}, { __index = function(_, name) return assert(package.loadlib(library, name)) end })
    local function interrupt(code)
      local ready = os.tmpname()
      os.remove(ready)
      local thread = llthreads.new(quiet .. [=[
        local ready, library, code = ...
        local function host(name) return package.loadlib(library, name)() end
        assert((loadstring or load)("local host = ... " .. code))(host)
        set(ready)
        while true do sleep(0.001) end
      ]=], ready, library, code or ""):start()
      wait(ready)
      os.remove(ready)
      thread:interrupt()
      local ok, err = thread:join()
      assert(not ok and err:find(llthreads.interrupted_error, 1, true), err)
    end
  ]]):format(library) .. code)
  os.remove(library)
  assert.equal(0, rc, output)
  return output
end

describe("a host that blocks all signals", function()
  it("can interrupt its children, and has them blocked after that too", function()
    assert.equal(("INT URG USR1 CHLD PIPE blocked\n"):rep(3), run [[
      host.block()
      host.blocked()
      interrupt()
      host.blocked()
      llthreads.new("return"):start():join()
      host.blocked()
    ]])
  end)

  it("has children that let in no other signal", function()
    assert.matches("^INT [URG ]*USR1 CHLD PIPE blocked\n$", run "host.block() interrupt 'host [[blocked]]'")
  end)
end)

describe("a host with a handler for SIGURG", function()
  for _, kind in ipairs { "plain", "info", "chain" } do
    it("set before the first interrupt, keeps it, and interrupts arrive: " .. kind, function()
      assert.equal("0 calls\n3 calls\n", run(([[
        host.%s()
        interrupt()
        host.count()
        host.send()
        interrupt "host 'send'" -- in the child's own thread
        host.send()
        host.count()
      ]]):format(kind)))
    end)

    it("set after the first interrupt, keeps it, and interrupts arrive: " .. kind, function()
      assert.equal("1 calls\n3 calls\n", run(([[
        interrupt()
        host.%s()
        host.send()
        host.count()
        interrupt()
        host.send()
        interrupt "host 'send'"
        host.count()
      ]]):format(kind)))
    end)
  end

  it("set again and again, keeps the last, and interrupts arrive", function()
    assert.equal("20 calls\n", run [[
      for i = 1, 20 do
        host[i % 2 == 0 and "plain" or "info"]()
        interrupt()
        host.send()
      end
      host.count()
    ]])
  end)

  it("does not get the signal of an interrupt that arrives when the child's code is done", function()
    -- As that is a matter of nanoseconds, the child blocks the signal until its finalizer lets it in.
    assert.equal("0 calls\n", run [[
      host.info()
      local ready, go = os.tmpname(), os.tmpname()
      os.remove(ready)
      os.remove(go)
      local thread = llthreads.new(quiet .. [=[
        local library, ready, go = ...
        local block, unblock = package.loadlib(library, "block"), package.loadlib(library, "unblock")
        on_close(function() unblock() end)
        block()
        set(ready)
        wait(go)
      ]=], library, ready, go):start(false, false)
      wait(ready)
      thread:interrupt()
      set(go)
      assert(thread:join())
      host.count()
      os.remove(ready)
      os.remove(go)
    ]])
  end)
end)
