-- Threads in number: alive at once, one after the other, one below the other, and more than there are.
local helper = require "spec.helper"

describe("threads", function()
  it("are 10,000 at once", function()
    -- Each waits for a line of stdin, which is a pipe.
    local output, rc = helper.process([[
      local threads = {}
      for i = 1, 10000 do
        threads[i] = llthreads.new("io.read() return ...", i)
        assert(threads[i]:start())
      end
      local alive = 0
      for i = 1, 10000 do alive = alive + (threads[i]:alive() and 1 or 0) end
      local lines = io.open("/proc/self/fd/0", "w")
      lines:write(("\n"):rep(10000))
      lines:close()
      local sum = 0
      for i = 1, 10000 do sum = sum + select(2, assert(threads[i]:join())) end
      print(alive, sum)
    ]], "ulimit -s 256; pipe=$(mktemp -u); mkfifo $pipe; exec 0<>$pipe; rm $pipe")
    assert.same({ "10000\t50005000\n", 0 }, { output, rc })
  end)

  it("are 100,000 one after the other, in no more memory", function()
    local output, rc = helper.process([[
      local function resident()
        return tonumber(io.open("/proc/self/status"):read("*a"):match("VmRSS:%s*(%d+)"))
      end
      local before
      for i = 1, 100000 do
        assert(select(2, assert(llthreads.new("return ...", i):start():join())) == i)
        if i % 100 == 0 then collectgarbage() end
        if i == 10000 then before = resident() end
      end
      print(math.max(0, resident() - before - 5000))
    ]], nil, 600)
    assert.same({ "0\n", 0 }, { output, rc })
  end)

  it("start threads, eight levels of them", function()
    local output, rc = helper.process([[
      local code = child .. [=[
        local code, level = ...
        if level == 0 then return 1 end
        local one, other = llthreads.new(code, code, level - 1):start(), llthreads.new(code, code, level - 1):start()
        return select(2, assert(one:join())) + select(2, assert(other:join()))
      ]=]
      print(llthreads.new(code, code, 8):start():join())
    ]])
    assert.same({ "true\t256\n", 0 }, { output, rc })
  end)

  it("are refused a thousand times by the OS, and then there are some again", function()
    -- Stacks of 500 MiB: there is address space for a few.
    local output, rc = helper.process([[
      local threads, stopped = {}
      local go = os.tmpname()
      os.remove(go)
      repeat
        local thread = llthreads.new(child .. "wait(...) return 7", go)
        if thread:start() then threads[#threads + 1] = thread else stopped = thread end
      until stopped
      for _ = 1, 1000 do assert(stopped:start() == nil and not stopped:started()) end
      for i = 1, 1000 do
        local thread = llthreads.new("return 7")
        assert(thread:start(i % 2 == 0, i % 3 == 0) == nil)
      end
      set(go)
      for _, thread in ipairs(threads) do assert(select(2, assert(thread:join())) == 7) end
      print(stopped:start() == stopped, stopped:join())
      os.remove(go)
      for i = 1, #threads do print(llthreads.new("return 7"):start():join()) end
    ]], "ulimit -s 512000; ulimit -v 2000000")
    assert.equal(0, rc)
    assert.matches("^true\ttrue\t7\n[true7\t\n]+$", output)
  end)
end)
