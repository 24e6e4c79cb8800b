-- Ends: of children while something else goes on with them, and of the whole process from wherever it is asked for.
local helper = require "spec.helper"

-- Two detached children that allocate and make threads until the process ends.
local busy = [[
  for i = 1, 2 do
    llthreads.new(child .. "while true do llthreads.new('return {...}', {}):start():join() end"):start(true, i == 1)
  end
]]

-- Where `os.exit` is called; EXIT stands for the call.
local PLACES = {
  ["the parent"] = "EXIT",
  ["a coroutine of the parent"] = "coroutine.wrap(function() EXIT end)()",
  ["a finalizer of the parent"] = "on_close(function() EXIT end)",
  ["a child that is waited for"] = "llthreads.new('EXIT'):start():join()",
  ["a detached child"] = "llthreads.new('EXIT'):start(true) while true do sleep(1) end",
  ["a coroutine of a child"] = "llthreads.new('coroutine.wrap(function() EXIT end)()'):start():join()",
  ["a grandchild"] = "llthreads.new(child .. 'llthreads.new([=[EXIT]=]):start():join()'):start():join()",
  ["a finalizer of a child that join closes"] =
    "llthreads.new(child .. 'on_close(function() EXIT end)'):start():join()",
  ["a finalizer of a child that closes itself"] =
    "llthreads.new(child .. 'on_close(function() EXIT end)'):start(false, false):join()",
  ["a logger"] = "llthreads.new(child .. 'llthreads.set_logger(function() EXIT end) error()'):start():join()",
}

describe("os.exit", function()
  for place, code in pairs(PLACES) do
    for _, close in ipairs { "false", "true" } do
      it(("in %s ends the process with its status, closing the state: %s"):format(place, close), function()
        local output, rc = helper.process(busy .. code:gsub("EXIT", "os.exit(7, " .. close .. ")"))
        assert.same({ "", 7 }, { output, rc })
      end)
    end
  end
end)

describe("a child that ends", function()
  it("while it is interrupted, waited for and collected, in all orders, is no crash #D7", function()
    local output, rc = helper.process([[
      local ACTIONS = {
        function(held) held[1]:interrupt() end,
        function(held) held[1]:interrupt(true) end,
        function(held) held[1]:join(1) end,
        function(held) held[1]:alive() end,
        function(held) held[1] = nil collectgarbage() end,
      }
      local code = child .. [=[
        llthreads.set_logger(function() end)
        on_close(function() llthreads.interrupted() end)
        for i = 1, ... do pcall(tostring, setmetatable({}, {})) end
      ]=]
      local count = 0
      local function permute(done, rest)
        if #rest == 0 then
          for _, mode in ipairs { { false, true }, { false, false }, { true, false }, { true, true } } do
            for _, length in ipairs { 0, 100, 3000 } do
              local held = { llthreads.new(code, length):start(mode[1], mode[2]) }
              for _, action in ipairs(done) do
                if held[1] then action(held) end
              end
              count = count + 1
            end
          end
        end
        for i = 1, #rest do
          local left = { (table.unpack or unpack)(rest) }
          done[#done + 1] = table.remove(left, i)
          permute(done, left)
          done[#done] = nil
        end
      end
      permute({}, ACTIONS)
      print(count, llthreads.new("return 7"):start():join())
    ]], "exec 2>/dev/null")
    assert.same({ "1440\ttrue\t7\n", 0 }, { output, rc })
  end)
end)

describe("a coroutine of the parent", function()
  it("makes, starts, interrupts and joins threads of others, and may be gone before them", function()
    local output, rc = helper.process([[
      local function run(f, ...) return coroutine.wrap(f)(...) end
      local maker = coroutine.wrap(function()
        for i = 1, 1e9 do
          llthreads.new("return ...", i):start(i % 2 == 0, i % 3 == 0)
          coroutine.yield(llthreads.new("return ...", i))
        end
      end)
      for i = 1, 300 do
        local thread = maker()
        assert(run(function() return thread:start(false, true) end) == thread)
        if i % 3 == 0 then run(function() thread:interrupt() end) end
        local ok, value = run(function() return thread:join() end)
        assert(ok and value == i or i % 3 == 0 and value:find(llthreads.interrupted_error, 1, true), value)
        assert(select(2, pcall(run, function() llthreads.new("x x") end)):find("near 'x'", 1, true))
        assert(select(2, pcall(run, function() llthreads.new("", run) end)):find("types un-supported", 1, true))
      end
      maker = nil
      collectgarbage()
      collectgarbage()
      print("end")
    ]], "exec 2>/dev/null")
    assert.same({ "end\n", 0 }, { output, rc })
  end)
end)

describe("a child that is stuck in a C function", function()
  for _, how in ipairs { "sleep(3600)", "io.open((...))" } do -- no one ever writes to that file
    it("does not keep the process from its end: " .. how, function()
      local fifo = helper.flag()
      os.execute("mkfifo " .. fifo.path)
      local output, rc = helper.process(([[
        local ready, path = os.tmpname(), %q
        for _, joinable in ipairs { false, true } do
          os.remove(ready)
          local thread = llthreads.new(child .. "set(select(2, ...)) " .. %q, path, ready):start(true, joinable)
          wait(ready)
          thread:interrupt(true)
        end
        os.remove(ready)
        print "end"
      ]]):format(fifo.path, how), "exec 2>/dev/null") -- the interrupt may come before it is stuck, and be told
      os.remove(fifo.path)
      assert.same({ "end\n", 0 }, { output, rc })
    end)
  end
end)
