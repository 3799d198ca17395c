# Finds stb_image and copies it to the build folder with what damaged JPEGs do wrong in version 2.27
# (Debian 12) mended; sets CAMEO_STB_INCLUDE_DIR to stb's own folder and CAMEO_STB_MENDED_DIR to the
# copy's, which is to be searched first. Pictures that are not damaged decode to the same bytes.
find_path(CAMEO_STB_INCLUDE_DIR stb_image.h PATH_SUFFIXES stb REQUIRED)
set(CAMEO_STB_MENDED_DIR ${CMAKE_CURRENT_BINARY_DIR}/mended_stb)

function(cameo_mend_stb)
  set(header ${CAMEO_STB_INCLUDE_DIR}/stb_image.h)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
  file(READ ${header} text)
  set(refuse "return stbi__err(\"bad huffman code\", \"Corrupt JPEG\");")
  # Data that end at a marker leave fewer bits than are taken; the count went below zero, and later
  # shifts beyond a word.
  set(taken "s = r & 15; // combined length")
  string(REPLACE "${taken}" "s = r & 15; if (s > j->code_bits) ${refuse}" text "${text}")
  foreach(bits n 1)
    set(grown "if (j->code_bits < ${bits}) stbi__grow_buffer_unsafe(j);")
    string(REPLACE "${grown}" "${grown} if (j->code_bits < ${bits}) return 0;" text "${text}")
  endforeach()
  # Differences add up without bound, and their products overflow.
  set(added "dc = j->img_comp[b].dc_pred + diff;")
  string(REPLACE "${added}" "${added} if (dc < -32768 || dc > 32767) ${refuse}" text "${text}")
  file(CONFIGURE OUTPUT ${CAMEO_STB_MENDED_DIR}/stb_image.h CONTENT "${text}" @ONLY)
endfunction()
cameo_mend_stb()
