-- What the tests of llthreads and llthreads2 go through.
local helper = require "spec.helper"
local llthreads, ex, pack = helper.llthreads, helper.ex, helper.pack

describe("threads by the thousand", function()
  it("started and joined by a thread, from source", function()
    local _, count, first, last = assert(helper.new([[
      local count = ...
      local threads = {}
      for i = 1, count do
        local code = "return 'Hello from child sub-thread', ..."
        threads[i] = assert(llthreads.new(code, "number:", 1000 + i, "nil:", nil, "bool:", true):start())
      end
      local results = {}
      for i, thread in ipairs(threads) do
        local ok, _, _, number, _, null, _, bool = thread:join()
        assert(ok and null == nil and bool == true)
        results[i] = number
      end
      return #results, results[1], results[#results]
    ]], 1000):start():join())
    assert.same({ 1000, 1001, 2000 }, { count, first, last })
  end)

  it("started and joined by a thread, from functions through ex", function()
    local _, sum = assert(ex.new(function(name, count)
      local threads = {}
      for i = 1, count do
        threads[i] = assert(require(name).new(function(n, null, bool)
          return null == nil and bool and n
        end, i, nil, true):start())
      end
      local sum = 0
      for _, thread in ipairs(threads) do sum = sum + select(2, assert(thread:join())) end
      return sum
    end, helper.name .. ".ex", 1000):start():join())
    assert.equal(500500, sum)
  end)
end)

describe("number, nil and boolean arguments", function()
  local values = { n = 6, "number:", 1234, "nil:", nil, "bool:", true }

  it("reach a detached thread", function()
    local file = helper.flag()
    helper.new([[
      local path = ...
      local f = io.open(path .. ".part", "w")
      f:write(select("#", ...), tostring(select(3, ...)), tostring(select(5, ...)), tostring(select(7, ...)))
      f:close()
      os.rename(path .. ".part", path)
    ]], file.path, (unpack or table.unpack)(values, 1, 6)):start(true)
    file.wait()
    local f = assert(io.open(file.path))
    assert.equal("71234niltrue", f:read("*a"))
    f:close()
  end)

  it("are printed by a thread", function()
    local output = helper.process([[
      io.stdout:setvbuf "no"
      llthreads.new("print('print_thread:', ...)", "number:", 1234, "nil:", nil, "bool:", true):start():join()
    ]])
    assert.equal("print_thread:\tnumber:\t1234\tnil:\tnil\tbool:\ttrue\n", output)
  end)

  it("pass through a thread", function()
    local thread = llthreads.new("return 'pass_thread:', ...", (unpack or table.unpack)(values, 1, 6)):start()
    assert.same({ n = 8, true, "pass_thread:", "number:", 1234, "nil:", nil, "bool:", true }, pack(thread:join()))
  end)
end)

describe("a detached joinable thread", function()
  it("that is endless times out, and its collection does not hang", function()
    local output, rc = helper.process([[
      local path = os.tmpname()
      os.remove(path)
      local thread = llthreads.new(child .. "set((...)) while true do sleep(0.01) end", path):start(true, true)
      wait(path)
      os.remove(path)
      print(thread:join(0))
      thread = nil
      for _ = 1, 10 do collectgarbage() end
      print("collected")
    ]])
    assert.same({ "nil\ttimeout\ncollected\n", 0 }, { output, rc })
  end)

  it("is seen to end by a later join(0), and collected safely after it #D1", function()
    local go = helper.flag()
    local thread = helper.new("wait((...))", go.path):start(true, true)
    assert.same({ n = 2, nil, "timeout" }, pack(thread:join(0)))
    go.set()
    helper.wait_for("the end", function()
      local ok, err = thread:join(0)
      assert(ok or err == "timeout", err)
      return ok
    end)
    thread = nil -- luacheck: ignore
    for _ = 1, 10 do collectgarbage() end
  end)
end)

describe("os.exit", function()
  it("in the logger ends the process with its status", function()
    local output, rc = helper.process([[
      llthreads.new(("require(%q)"):format(']] .. helper.name .. [[') .. ".set_logger(function(msg)"
        .. " print(type(msg), (msg:find('SOME ERROR', nil, true) ~= nil)) io.stdout:flush() os.exit(0) end)"
        .. " error('SOME ERROR')"):start():join()
      os.exit(3)
    ]])
    assert.same({ "string\ttrue\n", 0 }, { output, rc })
  end)

  it("in a child ends the process with its status", function()
    for _, status in ipairs { 0, 5 } do
      local output, rc = helper.process(([[
        llthreads.new("print 'Done!' io.stdout:flush() require 'os'.exit(%d)"):start():join()
        os.exit(3)
      ]]):format(status))
      assert.same({ "Done!\n", status }, { output, rc })
    end
  end)
end)

describe("new as an argument", function()
  for title, code in pairs {
    ["starts a grandchild"] = ("require %q "):format(helper.name),
    ["starts a grandchild also where the child has not required the module #D12"] = "",
  } do
    it(title, function()
      local output, rc = helper.process(([[
        local code = "local new = ... new([=[print 'Done!' io.stdout:flush() os.exit(0)]=]):start():join()"
        print(llthreads.new(%q .. code, llthreads.new):start():join())
        os.exit(3)
      ]]):format(code))
      assert.same({ "Done!\n", 0 }, { output, rc })
    end)
  end
end)

describe("a child's helpers", function()
  it("are found with LUA_INIT handled by hand", function()
    local output = helper.process(([[
      local init = os.getenv "LUA_INIT"
      local handled = ("do local init = %%q assert((loadstring or load)(init))() end;"):format(init)
      print(select(2, llthreads.new(handled .. "return helper_path, type(require(...).new)", %q):start():join()))
    ]]):format(helper.name), "export LUA_INIT='helper_path = [[here]]'")
    assert.equal("here\tfunction\n", output)
  end)
end)
