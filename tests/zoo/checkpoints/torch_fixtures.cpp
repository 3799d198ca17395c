#include "tests/zoo/checkpoints/torch_fixtures.h"

#include <zlib.h>

#include <cstdio>
#include <cstring>
#include <memory>

namespace cameo::zoo::fixtures {

namespace {

std::string items_of(std::initializer_list<std::pair<std::string, std::string>> items) {
  std::string body = "(";
  for (const auto& [key, value] : items) body += key + value;
  return body + "u";
}

std::uint32_t checksum(const std::string& data) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

}  // namespace

std::string number(std::uint64_t value, int bytes) {
  std::string result;
  for (int i = 0; i < bytes; ++i, value >>= 8) result += static_cast<char>(value);
  return result;
}

std::string text(std::string_view value) {
  return "X" + number(value.size(), 4) + std::string(value);
}

std::string integer(std::int64_t value) {
  return "\x8A\x08" + number(static_cast<std::uint64_t>(value), 8);
}

std::string global(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}

std::string tuple(std::initializer_list<std::string> items) {
  std::string body = "(";
  for (const std::string& item : items) body += item;
  return body + "t";
}

std::string extents(const std::vector<std::int64_t>& values) {
  std::string body = "(";
  for (const std::int64_t value : values) body += integer(value);
  return body + "t";
}

std::string dict(std::initializer_list<std::pair<std::string, std::string>> items) {
  return "}" + items_of(items);
}

std::string ordered_dict(std::initializer_list<std::pair<std::string, std::string>> items) {
  return global("collections", "OrderedDict") + ")R" + items_of(items);
}

std::string call(const std::string& callee, std::initializer_list<std::string> arguments) {
  return callee + tuple(arguments) + "R";
}

std::string pickle(const std::string& body) { return "\x80\x02" + body + "."; }

std::string storage(std::string_view type, std::string_view key, std::int64_t count,
                    const std::string& view) {
  return "(" + text("storage") + global("torch", type) + text(key) + text("cuda:0") +
         integer(count) + view + "tQ";
}

std::string tensor(const std::string& storage, std::int64_t offset,
                   const std::vector<std::int64_t>& shape,
                   const std::vector<std::int64_t>& strides) {
  return call(
      global("torch._utils", "_rebuild_tensor_v2"),
      {storage, integer(offset), extents(shape), extents(strides), "\x89", ordered_dict({})});
}

std::string floats(std::initializer_list<float> values) {
  std::string data(values.size() * sizeof(float), '\0');
  std::memcpy(data.data(), values.begin(), data.size());
  return data;
}

std::string zip(const Members& members) {
  std::string file;
  std::string central;
  for (const auto& [name, data] : members) {
    const std::size_t offset = file.size();
    const std::size_t padding = (64 - (offset + 34 + name.size()) % 64) % 64;
    file += "PK\x03\x04" + number(0, 2) + number(0x0808, 2) + number(0, 18) +
            number(name.size(), 2) + number(4 + padding, 2) + name + "FB" + number(padding, 2) +
            std::string(padding, 'Z') + data;
    central += "PK\x01\x02" + number(0, 4) + number(0x0808, 2) + number(0, 6) +
               number(checksum(data), 4) + number(data.size(), 4) + number(data.size(), 4) +
               number(name.size(), 2) + number(0, 12) + number(offset, 4) + name;
  }
  return file + central + "PK\x05\x06" + number(0, 4) + number(members.size(), 2) +
         number(members.size(), 2) + number(central.size(), 4) + number(file.size(), 4) +
         number(0, 2);
}

std::string torch_zip(const std::string& object, const Members& storages) {
  Members members = {{"archive/data.pkl", pickle(object)}};
  for (const auto& [key, data] : storages) members.emplace_back("archive/data/" + key, data);
  members.emplace_back("archive/version", "3\n");
  return zip(members);
}

std::string torch_stream(const std::string& object, const Members& storages,
                         std::size_t element_bytes) {
  const std::string magic = raw("\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19");
  std::string file = pickle(magic) + pickle(integer(1001)) +
                     pickle(dict({{text("little_endian"), "\x88"}})) + pickle(object);
  std::string keys = "](";
  std::string data;
  for (const auto& [key, elements] : storages) {
    keys += text(key);
    data += number(elements.size() / element_bytes, 8) + elements;
  }
  return file + pickle(keys + "e") + data;
}

std::string tar(const Members& members) {
  std::string file;
  for (const auto& [name, data] : members) {
    std::string header(512, '\0');
    header.replace(0, name.size(), name);
    std::snprintf(&header[124], 12, "%011zo", data.size());
    header[156] = '0';
    header.replace(257, 5, "ustar");
    header.replace(148, 8, 8, ' ');
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    std::snprintf(&header[148], 8, "%06o", sum);
    file += header + data + std::string((512 - data.size() % 512) % 512, '\0');
  }
  return file + std::string(1024, '\0');
}

SharedBytes shared(std::string bytes) {
  const auto memory = std::make_shared<Bytes>(bytes.begin(), bytes.end());
  return {*memory, memory};
}

}  // namespace cameo::zoo::fixtures
