-- What would take the host down.
local helper = require "spec.helper"
local new, pack = helper.new, helper.pack

describe("closing the parent's state", function()
  it("leaves running detached children alone #D9", function()
    -- A child that alone has the library loads it from a copy, starts grandchildren in there, and is gone.
    local output, rc = helper.process(([[
      local file, copy, done = %q, os.tmpname(), os.tmpname()
      os.execute(("cp %%s %%s"):format(file, copy))
      os.remove(done)
      local _, err = llthreads.new([=[
        local copy, open, done = ...
        local llthreads = assert(package.loadlib(copy, open))()
        for i = 1, 10 do
          llthreads.new([==[
            local i, done, name = ...
            local f repeat f = io.open(done) until f
            f:close()
            for _ = 1, 100 do require(name).version() end
            io.open(done .. i, "w"):close()
          ]==], i, done, open:match("luaopen_(.*)")):start(true)
        end
      ]=], copy, %q, done):start():join()
      assert(not err, err)
      set(done)
      for i = 1, 10 do wait(done .. i) os.remove(done .. i) end
      os.remove(copy)
      print "gone"
    ]]):format(helper.file(), "luaopen_" .. helper.name))
    assert.same({ "gone\n", 0 }, { output, rc })
  end)

  it("with running detached children ends the process normally", function()
    local output, rc = helper.process([[
      local path = os.tmpname()
      os.remove(path)
      for _ = 1, 20 do
        local code = "set((...)) while true do local t = {} for i = 1, 100 do t[i] = ('x'):rep(i) end end"
        llthreads.new(child .. code, path):start(true)
        wait(path)
        os.remove(path)
      end
      print "end"
    ]])
    assert.same({ "end\n", 0 }, { output, rc })
  end)

  it("waits for attached ones", function()
    local ended = helper.flag()
    local output = helper.process(([[
      kept = llthreads.new("local sleep, path = require 'socket'.sleep, ... sleep(0.2) io.open(path, 'w'):close()", %q)
      kept:start()
    ]]):format(ended.path))
    assert.equal("", output)
    assert.is_true(ended.is_set())
  end)
end)

describe("a child that closes its own state", function()
  it("with os.exit is safe from interrupts, in its finalizers and after them #D7", function()
    helper.only("5.2 5.3 5.4 LuaJIT", pending)
    -- When the state is closed, os.exit writes what is left in this process's files: more than the pipe takes, so the
    -- child's thread waits there. Files can't be opened or closed meanwhile.
    local output, rc = helper.process([[
      local path, closing, files = os.tmpname(), os.tmpname(), {}
      os.remove(path)
      os.remove(closing)
      assert(os.execute("mkfifo " .. path))
      for i = 1, 50 do
        files[i] = assert(io.open(path, "r+"))
        files[i]:write(("x"):rep(4000))
      end
      local pipe = assert(io.open(path))
      os.remove(path)
      local thread = llthreads.new(child .. [=[
        local closing = ...
        on_close(function() set(closing) while is_set(closing) do sleep(0.002) end end)
        os.exit(7, true)
      ]=], closing):start()
      wait(closing)
      for _ = 1, 1000 do thread:interrupt(true) end
      os.remove(closing)
      pipe:read(1)
      for _ = 1, 1000 do thread:interrupt(true) end
      pipe:read("*a")
    ]], "export GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.perturb=85") -- overwrites what is freed
    assert.same({ "", 7 }, { output, rc })
  end)
end)

describe("arguments and results", function()
  it("of a thread that nobody reads are let go", function()
    local function make()
      for _ = 1, 20 do
        local closed = helper.flag()
        local code = "local path = ... on_close(function() set(path) end) return ..."
        local thread = new(code, closed.path, ("x"):rep(1e6)):start(true, true)
        closed.wait()
        os.remove(closed.path)
        assert.is_true(thread:started())
      end
      helper.collect()
    end
    make()
    local before = helper.resident()
    for _ = 1, 5 do make() end
    assert.is_true(helper.resident() - before < 50000)
    assert.same({ n = 1, true }, pack(new("return"):start():join()))
  end)
end)

describe("no memory", function()
  -- Room enough for a few states and their threads' heaps, not for what the code asks for.
  local limit = "ulimit -s 8192; ulimit -v 1000000"
  local again = [[
    for _ = 1, 3 do collectgarbage() end
    print("again", llthreads.new("return 7"):start():join())
  ]]

  it("in the child is its error", function()
    local output, rc = helper.process([[
      local ok, err = llthreads.new("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1e6) .. i end"):start():join()
      print(ok, (err:gsub("\n.*", "")))
    ]] .. again, limit .. "; exec 2>/dev/null")
    assert.same({ "false\tError from child thread: not enough memory\nagain\ttrue\t7\n", 0 }, { output, rc })
  end)

  for start, tag in pairs { ["false, true"] = "#D5", ["true, true"] = "#D15" } do
    it(("for a result is an error of the child started with %s %s"):format(start, tag), function()
      local output, rc = helper.process(([[
        print(llthreads.new([=[
          results, fill = {}, {}
          for i = 1, 2^20 do results[i] = i end
          for _, size in ipairs { 1e7, 1e6 } do
            repeat
              local filled = #fill
              pcall(function() while true do fill[#fill + 1] = ("x"):rep(size + #fill) end end)
              collectgarbage()
            until #fill < filled + 2
          end
          io.write "full "
          return results
        ]=]):start(%s):join())
      ]]):format(start) .. again, limit .. "; ulimit -v 200000; export MALLOC_ARENA_MAX=1; exec 2>/dev/null")
      assert.same({ "full false\tError from child thread: not enough memory\nagain\ttrue\t7\n", 0 }, { output, rc })
    end)
  end

  it("in the parent is an error of join, which can be called again #D11", function()
    local output, rc = helper.process([[
      local code = "local s = ('x'):rep(1e8) return s"
      local thread = llthreads.new(code):start()
      local fill, ok, err = {}
      local joined
      pcall(function() for i = 1, 100 do fill[i] = ("y"):rep(5e7 + i) end end)
      repeat
        ok, err = pcall(function() joined = { thread:join() } end)
        if not ok then print(err) fill = {} collectgarbage() end
      until ok
      print(joined[1], #joined[2])
    ]] .. again, limit)
    assert.same({ "not enough memory\ntrue\t100000000\nagain\ttrue\t7\n", 0 }, { output, rc })
  end)

  it("for an argument is an error of new #D11", function()
    local output, rc = helper.process([[
      local big = {}
      for i = 1, 8 do big[i] = ("x"):rep(8e7 + i) end
      print(pcall(llthreads.new, "return 1", big))
      big = nil
    ]] .. again, limit)
    assert.same({ "false\tnot enough memory\nagain\ttrue\t7\n", 0 }, { output, rc })
  end)
end)
