-- Makes of the lines that scripts/bench.sh collects a table, JSON or a picture (SVG).
--   lua compat/bench-report.lua table|json|svg <LINES
local rows, luas, libraries, works = {}, {}, {}, {}

local function once(list, value)
  if not list[value] then
    list[#list + 1] = value
    list[value] = #list
  end
end

local function add(lua, work, unit, name, value)
  if not value then return end
  once(luas, lua)
  once(works, work)
  once(libraries, name)
  rows[lua] = rows[lua] or {}
  rows[lua][work] = rows[lua][work] or { unit = unit }
  rows[lua][work][name] = value
end

local header, idle = nil, {}
for line in io.lines() do
  local cells = {}
  for cell in (line .. "\t"):gmatch("(.-)\t") do cells[#cells + 1] = cell end
  local lua = cells[1]
  if cells[2] == "work" then
    header = cells
  elseif cells[2] == "idle" then
    -- The first of a Lua is ours.
    local name = idle[lua] and "reference" or "ours"
    idle[lua] = true
    add(lua, "memory per idle thread, of 5000", "KiB", name, tonumber(cells[3]))
    add(lua, "until 5000 threads run", "ms", name, tonumber(cells[4]))
  else
    for i = 4, #header do add(lua, cells[2], cells[3], header[i], tonumber(cells[i])) end
  end
end

local function ratio(row)
  return row and row.ours and row.reference and row.ours / row.reference
end

local formats = {}

function formats.table()
  for _, lua in ipairs(luas) do
    local head = ("%-34s %5s"):format(lua, "")
    for _, name in ipairs(libraries) do head = head .. ("%11s"):format(name) end
    print(head .. "   ours/reference")
    for _, work in ipairs(works) do
      local row = rows[lua][work]
      if row then
        local text = ("%-34s %5s"):format(work, row.unit)
        for _, name in ipairs(libraries) do
          text = text .. (row[name] and ("%11.4g"):format(row[name]) or (" "):rep(11))
        end
        print(text .. (ratio(row) and ("%9.2f"):format(ratio(row)) or ""))
      end
    end
    print()
  end
end

function formats.json()
  local objects = {}
  for _, lua in ipairs(luas) do
    for _, work in ipairs(works) do
      local row = rows[lua][work]
      if row then
        local fields = { ('"lua": "%s", "work": "%s", "unit": "%s"'):format(lua, work, row.unit) }
        for _, name in ipairs(libraries) do
          if row[name] then fields[#fields + 1] = ('"%s": %.4g'):format(name, row[name]) end
        end
        if ratio(row) then fields[#fields + 1] = ('"ratio": %.3f'):format(ratio(row)) end
        objects[#objects + 1] = "  { " .. table.concat(fields, ", ") .. " }"
      end
    end
  end
  print("[\n" .. table.concat(objects, ",\n") .. "\n]")
end

-- A group of bars for each work, a bar for each Lua: ours divided by the reference, with a line at 1.
function formats.svg()
  local BAR, GAP, LEFT, SCALE, TOP = 9, 12, 250, 300, 50
  local colours = { "#1f4e79", "#2e75b6", "#7fb2de", "#f0a030", "#c03030" }
  local out, y = {}, TOP
  local function put(...) out[#out + 1] = (...):format(select(2, ...)) end
  for i, lua in ipairs(luas) do
    put('<rect x="%d" y="14" width="10" height="10" fill="%s"/>', LEFT + (i - 1) * 75, colours[i])
    put('<text x="%d" y="23">%s</text>', LEFT + (i - 1) * 75 + 14, lua)
  end
  for _, work in ipairs(works) do
    local first = y
    for i, lua in ipairs(luas) do
      local value = ratio(rows[lua][work])
      if value then
        local width = math.min(value, 1.5) * SCALE
        put('<rect x="%d" y="%d" width="%.0f" height="%d" fill="%s"/>', LEFT, y, width, BAR - 1, colours[i])
        put('<text x="%.0f" y="%d" font-size="8">%.2f</text>', LEFT + width + 3, y + BAR - 2, value)
        y = y + BAR
      end
    end
    if y > first then
      put('<text x="%d" y="%.0f" text-anchor="end">%s</text>', LEFT - 8, (first + y) / 2 + 3, work)
      y = y + GAP
    end
  end
  put('<path d="M%d %dV%d" stroke="#888" stroke-dasharray="3 3"/>', LEFT + SCALE, TOP - 8, y)
  put('<text x="%d" y="%d" text-anchor="middle" fill="#555">1 = as long as the C module</text>', LEFT + SCALE, TOP - 12)
  print(([[
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">
<rect width="100%%" height="100%%" fill="#fff"/>]]):format(LEFT + SCALE * 1.5 + 40, y))
  print(table.concat(out, "\n"))
  print("</svg>")
end

formats[arg[1]]()
